//! Custom sections of the module: its Candid interface for all, a note for its controllers.

#[cfg(target_arch = "wasm32")]
mod sections {
    const INTERFACE: &[u8] = include_bytes!("../cdk.did");

    #[used]
    #[unsafe(link_section = "icp:public candid:service")]
    static CANDID_SERVICE: [u8; INTERFACE.len()] = *include_bytes!("../cdk.did");

    #[used]
    #[unsafe(link_section = "icp:private test:note")]
    static TEST_NOTE: [u8; 20] = *b"for controllers only";
}
