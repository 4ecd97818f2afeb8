//! Creations on a model of the IC: every call of every flow failing in every way.

mod fake_ic;
mod matrix;
mod model;
mod queue;
mod tampering;
mod world;
