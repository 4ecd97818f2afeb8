//! The module's Candid interface, for all who ask for it.

#[cfg(target_arch = "wasm32")]
mod section {
    const INTERFACE: &[u8] = include_bytes!("../personal.did");

    #[used]
    #[unsafe(link_section = "icp:public candid:service")]
    static CANDID_SERVICE: [u8; INTERFACE.len()] = *include_bytes!("../personal.did");
}
