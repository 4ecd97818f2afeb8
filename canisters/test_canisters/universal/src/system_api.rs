//! Every function that a canister with a 32-bit memory may import from `ic0`, by name.
//!
//! Programs pass integers as they are, so a test can also hand out pointers and lengths that lie
//! outside the memory.

use crate::program::ProgramError;
use crate::value::Stack;

/// What a system function returns, as it goes onto the stack.
trait Returned {
    fn push_on(self, stack: &mut Stack);
}

impl Returned for () {
    fn push_on(self, _stack: &mut Stack) {}
}

impl Returned for u32 {
    fn push_on(self, stack: &mut Stack) {
        stack.push_integer(u64::from(self));
    }
}

impl Returned for u64 {
    fn push_on(self, stack: &mut Stack) {
        stack.push_integer(self);
    }
}

impl Returned for usize {
    fn push_on(self, stack: &mut Stack) {
        stack.push_integer(self as u64);
    }
}

/// Declares the imports and the function that calls one of them by name.
macro_rules! system_functions {
    ($($name:ident($($parameter:ident: $kind:ty),*) $(-> $result:ty)?;)*) => {
        #[cfg(target_arch = "wasm32")]
        mod ic0 {
            #[link(wasm_import_module = "ic0")]
            unsafe extern "C" {
                $(pub fn $name($($parameter: $kind),*) $(-> $result)?;)*
            }
        }

        #[cfg(not(target_arch = "wasm32"))]
        mod ic0 {
            $(
                #[allow(clippy::too_many_arguments)]
                pub unsafe fn $name($(_: $kind),*) $(-> $result)? {
                    panic!(concat!("ic0.", stringify!($name), " exists only in a canister"));
                }
            )*
        }

        /// Calls the function of this name with its arguments from the stack, and pushes what it
        /// returns, if anything.
        pub fn call(name: &str, stack: &mut Stack) -> Result<(), ProgramError> {
            match name {
                $(
                    stringify!($name) => {
                        let [$($parameter),*] = stack.pop_integers()?;
                        // SAFETY: the program answers for the pointers that it passes on.
                        let returned = unsafe { ic0::$name($($parameter as $kind),*) };
                        returned.push_on(stack);
                    }
                )*
                unknown => return Err(ProgramError::UnknownFunction(unknown.to_owned())),
            }
            Ok(())
        }
    };
}

system_functions! {
    msg_arg_data_size() -> usize;
    msg_arg_data_copy(dst: usize, offset: usize, size: usize);
    msg_caller_size() -> usize;
    msg_caller_copy(dst: usize, offset: usize, size: usize);
    msg_caller_info_data_size() -> usize;
    msg_caller_info_data_copy(dst: usize, offset: usize, size: usize);
    msg_caller_info_signer_size() -> usize;
    msg_caller_info_signer_copy(dst: usize, offset: usize, size: usize);
    msg_reject_code() -> u32;
    msg_reject_msg_size() -> usize;
    msg_reject_msg_copy(dst: usize, offset: usize, size: usize);
    msg_deadline() -> u64;
    msg_reply_data_append(src: usize, size: usize);
    msg_reply();
    msg_reject(src: usize, size: usize);
    msg_cycles_available128(dst: usize);
    msg_cycles_refunded128(dst: usize);
    msg_cycles_accept128(max_amount_high: u64, max_amount_low: u64, dst: usize);
    cycles_burn128(amount_high: u64, amount_low: u64, dst: usize);
    canister_self_size() -> usize;
    canister_self_copy(dst: usize, offset: usize, size: usize);
    canister_cycle_balance128(dst: usize);
    canister_liquid_cycle_balance128(dst: usize);
    canister_status() -> u32;
    canister_version() -> u64;
    subnet_self_size() -> usize;
    subnet_self_copy(dst: usize, offset: usize, size: usize);
    subnet_self_node_count() -> u32;
    msg_method_name_size() -> usize;
    msg_method_name_copy(dst: usize, offset: usize, size: usize);
    accept_message();
    call_new(
        callee_src: usize,
        callee_size: usize,
        name_src: usize,
        name_size: usize,
        reply_fun: usize,
        reply_env: usize,
        reject_fun: usize,
        reject_env: usize
    );
    call_on_cleanup(fun: usize, env: usize);
    call_data_append(src: usize, size: usize);
    call_with_best_effort_response(timeout_seconds: u32);
    call_cycles_add128(amount_high: u64, amount_low: u64);
    call_perform() -> u32;
    stable64_size() -> u64;
    stable64_grow(new_pages: u64) -> u64;
    stable64_write(offset: u64, src: u64, size: u64);
    stable64_read(dst: u64, offset: u64, size: u64);
    root_key_size() -> usize;
    root_key_copy(dst: usize, offset: usize, size: usize);
    certified_data_set(src: usize, size: usize);
    data_certificate_present() -> u32;
    data_certificate_size() -> usize;
    data_certificate_copy(dst: usize, offset: usize, size: usize);
    time() -> u64;
    global_timer_set(timestamp: u64) -> u64;
    performance_counter(counter_type: u32) -> u64;
    is_controller(src: usize, size: usize) -> u32;
    in_replicated_execution() -> u32;
    cost_call(method_name_size: u64, payload_size: u64, dst: usize);
    cost_create_canister(dst: usize);
    cost_http_request(request_size: u64, max_res_bytes: u64, dst: usize);
    cost_http_request_v2(params_src: usize, params_size: usize, dst: usize);
    cost_sign_with_ecdsa(src: usize, size: usize, ecdsa_curve: u32, dst: usize) -> u32;
    cost_sign_with_schnorr(src: usize, size: usize, algorithm: u32, dst: usize) -> u32;
    cost_vetkd_derive_key(src: usize, size: usize, vetkd_curve: u32, dst: usize) -> u32;
    env_var_count() -> usize;
    env_var_name_size(index: usize) -> usize;
    env_var_name_copy(index: usize, dst: usize, offset: usize, size: usize);
    env_var_name_exists(name_src: usize, name_size: usize) -> u32;
    env_var_value_size(name_src: usize, name_size: usize) -> usize;
    env_var_value_copy(
        name_src: usize,
        name_size: usize,
        dst: usize,
        offset: usize,
        size: usize
    );
    debug_print(src: usize, size: usize);
    trap(src: usize, size: usize);
    msg_cycles_available() -> u64;
    msg_cycles_refunded() -> u64;
    msg_cycles_accept(max_amount: u64) -> u64;
    canister_cycle_balance() -> u64;
    call_cycles_add(amount: u64);
    stable_size() -> u32;
    stable_grow(new_pages: u32) -> u32;
    stable_write(offset: u32, src: u32, size: u32);
    stable_read(dst: u32, offset: u32, size: u32);
}

/// The argument of the message.
pub fn argument() -> Vec<u8> {
    // SAFETY: the buffer is as long as the size that is asked for.
    unsafe {
        let mut argument = vec![0; ic0::msg_arg_data_size()];
        ic0::msg_arg_data_copy(argument.as_mut_ptr() as usize, 0, argument.len());
        argument
    }
}

pub fn accept_message() {
    // SAFETY: takes no pointers.
    unsafe { ic0::accept_message() };
}

pub fn trap(message: &str) {
    // SAFETY: the text lives until the call, which does not return.
    unsafe { ic0::trap(message.as_ptr() as usize, message.len()) };
}
