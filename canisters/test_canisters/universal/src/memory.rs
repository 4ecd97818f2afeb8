//! What a program does to the WebAssembly machine itself: time, stack and linear memory.

use std::hint::black_box;

pub fn busy_loop(iterations: u64) {
    for iteration in 0..iterations {
        black_box(iteration);
    }
}

pub fn loop_forever() {
    loop {
        black_box(());
    }
}

/// Uses one WebAssembly frame for each level; two operations keep it from becoming a loop.
#[inline(never)]
pub fn recurse(depth: u64) -> u64 {
    if depth == 0 {
        return 0;
    }
    (recurse(depth - 1) ^ depth).wrapping_add(1) ^ depth
}

#[cfg(target_arch = "wasm32")]
mod target {
    use core::arch::wasm32;

    pub fn unreachable() {
        wasm32::unreachable();
    }

    pub fn size() -> u64 {
        wasm32::memory_size(0) as u64
    }

    pub fn grow(pages: u64) -> u64 {
        let pages = usize::try_from(pages).unwrap_or(usize::MAX);
        wasm32::memory_grow(0, pages) as u64
    }

    /// Writes without asking who owns the bytes; past the end of the memory it traps.
    pub fn fill(address: usize, length: usize, byte: u8) {
        for offset in 0..length {
            let pointer = address.wrapping_add(offset) as *mut u8;
            // SAFETY: the program that asks for it answers for what lies there.
            unsafe { pointer.write_volatile(byte) };
        }
    }

    /// Reads whatever lies there; past the end of the memory it traps.
    pub fn read(address: usize, length: usize) -> Vec<u8> {
        let bytes = (0..length).map(|offset| {
            let pointer = address.wrapping_add(offset) as *const u8;
            // SAFETY: WebAssembly memory is readable everywhere, and traps elsewhere.
            unsafe { pointer.read_volatile() }
        });
        bytes.collect()
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod target {
    const OUTSIDE: &str = "a host process has no WebAssembly memory";

    pub fn unreachable() {
        panic!("{OUTSIDE}");
    }

    pub fn size() -> u64 {
        panic!("{OUTSIDE}");
    }

    pub fn grow(_pages: u64) -> u64 {
        panic!("{OUTSIDE}");
    }

    pub fn fill(_address: usize, _length: usize, _byte: u8) {
        panic!("{OUTSIDE}");
    }

    pub fn read(_address: usize, _length: usize) -> Vec<u8> {
        panic!("{OUTSIDE}");
    }
}

pub use target::{fill, grow, read, size, unreachable};
