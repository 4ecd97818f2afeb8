"""What the interfaces of the known canisters say, as Python; made by `scripts/generate-drivers`."""
