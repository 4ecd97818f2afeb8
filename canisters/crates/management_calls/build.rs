//! Assembles the module that takes the cycles out of a canister before it is deleted.

use std::path::PathBuf;
use std::{env, fs};

const SOURCE: &str = "recover_cycles.wat";

fn main() {
    println!("cargo::rerun-if-changed={SOURCE}");
    let module = wat::parse_file(SOURCE).expect("the module is well-formed");
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(folder.join("recover_cycles.wasm"), module).expect("cargo made the folder");
}
