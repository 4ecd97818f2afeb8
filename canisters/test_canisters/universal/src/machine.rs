//! Runs programs.

use crate::memory;
use crate::program::{Instruction, ProgramError, Reader};
use crate::state::{self, Callbacks};
use crate::system_api;
use crate::value::Stack;

/// Runs a program on an empty stack; what it leaves there is dropped.
pub fn run(code: &[u8]) -> Result<(), ProgramError> {
    run_on(&mut Stack::default(), code)
}

fn run_on(stack: &mut Stack, code: &[u8]) -> Result<(), ProgramError> {
    let mut reader = Reader::new(code);
    while let Some(instruction) = reader.next_instruction()? {
        execute(stack, instruction)?;
    }
    Ok(())
}

fn execute(stack: &mut Stack, instruction: Instruction<'_>) -> Result<(), ProgramError> {
    match instruction {
        Instruction::PushInteger(integer) => stack.push_integer(integer),
        Instruction::PushBlob(blob) => stack.push_blob(blob.to_vec()),
        Instruction::Drop => {
            stack.pop()?;
        }
        Instruction::Duplicate(depth) => {
            let value = stack.peek(depth)?.clone();
            stack.push(value);
        }
        Instruction::Swap => {
            let (top, below) = (stack.pop()?, stack.pop()?);
            stack.push(top);
            stack.push(below);
        }
        Instruction::NewBuffer => {
            let size = stack.pop_integer()?;
            stack.push_blob(vec![0; index(size)?]);
        }
        Instruction::AddressOf(depth) => {
            let address = stack.peek_blob(depth)?.as_mut_ptr() as usize;
            stack.push_integer(address as u64);
        }
        Instruction::LengthOf(depth) => {
            let length = stack.peek_blob(depth)?.len();
            stack.push_integer(length as u64);
        }
        Instruction::Concatenate => {
            let (end, mut blob) = (stack.pop_blob()?, stack.pop_blob()?);
            blob.extend(end);
            stack.push_blob(blob);
        }
        Instruction::Slice => {
            let [offset, length] = stack.pop_integers()?;
            let blob = stack.pop_blob()?;
            stack.push_blob(slice(&blob, offset, length)?);
        }
        Instruction::EncodeInteger(width) => {
            let bytes = stack.pop_integer()?.to_le_bytes();
            stack.push_blob(slice(&bytes, 0, u64::from(width))?);
        }
        Instruction::DecodeInteger => {
            let integer = decode_integer(&stack.pop_blob()?)?;
            stack.push_integer(integer);
        }
        Instruction::Add => binary(stack, u64::wrapping_add)?,
        Instruction::Subtract => binary(stack, u64::wrapping_sub)?,
        Instruction::Multiply => binary(stack, u64::wrapping_mul)?,
        Instruction::Less => binary(stack, |a, b| u64::from(a < b))?,
        Instruction::Equal => {
            let equal = stack.pop()? == stack.pop()?;
            stack.push_integer(u64::from(equal));
        }
        Instruction::Run => {
            let code = stack.pop_blob()?;
            run_on(stack, &code)?;
        }
        Instruction::RunIf => {
            let code = stack.pop_blob()?;
            if stack.pop_integer()? != 0 {
                run_on(stack, &code)?;
            }
        }
        Instruction::Repeat => {
            let code = stack.pop_blob()?;
            for _ in 0..stack.pop_integer()? {
                run_on(stack, &code)?;
            }
        }
        Instruction::SystemCall(name) => system_api::call(name, stack)?,
        Instruction::StoreCallbacks => {
            let (on_cleanup, on_reject) = (stack.pop_blob()?, stack.pop_blob()?);
            let environment = state::store_callbacks(Callbacks {
                on_reply: stack.pop_blob()?,
                on_reject,
                on_cleanup,
            });
            stack.push_integer(u64::from(environment));
        }
        Instruction::CallbackFunction(callback) => {
            let function = crate::entry_points::callback_function(callback);
            stack.push_integer(function as u64);
        }
        Instruction::SetHook(hook) => state::set_hook(hook, stack.pop_blob()?),
        Instruction::StoreGlobal(slot) => state::set_global(slot, stack.pop_blob()?),
        Instruction::LoadGlobal(slot) => stack.push_blob(state::global(slot)),
        Instruction::AppendGlobal(slot) => state::append_global(slot, &stack.pop_blob()?),
        Instruction::AddCounter(slot) => {
            let amount = stack.pop_integer()?;
            stack.push_integer(state::add_counter(slot, amount));
        }
        Instruction::BusyLoop => memory::busy_loop(stack.pop_integer()?),
        Instruction::LoopForever => memory::loop_forever(),
        Instruction::Recurse => {
            let depth = stack.pop_integer()?;
            stack.push_integer(memory::recurse(depth));
        }
        Instruction::Unreachable => memory::unreachable(),
        Instruction::MemorySize => stack.push_integer(memory::size()),
        Instruction::MemoryGrow => {
            let pages = stack.pop_integer()?;
            stack.push_integer(memory::grow(pages));
        }
        Instruction::FillMemory => {
            let [address, length, byte] = stack.pop_integers()?;
            memory::fill(index(address)?, index(length)?, byte as u8);
        }
        Instruction::ReadMemory => {
            let [address, length] = stack.pop_integers()?;
            stack.push_blob(memory::read(index(address)?, index(length)?));
        }
    }
    Ok(())
}

fn binary(stack: &mut Stack, operation: impl Fn(u64, u64) -> u64) -> Result<(), ProgramError> {
    let [a, b] = stack.pop_integers()?;
    stack.push_integer(operation(a, b));
    Ok(())
}

fn slice(blob: &[u8], offset: u64, length: u64) -> Result<Vec<u8>, ProgramError> {
    let (start, length) = (index(offset)?, index(length)?);
    let end = start.checked_add(length).ok_or(ProgramError::OutOfRange)?;
    let part = blob.get(start..end).ok_or(ProgramError::OutOfRange)?;
    Ok(part.to_vec())
}

fn decode_integer(blob: &[u8]) -> Result<u64, ProgramError> {
    let mut bytes = [0; 8];
    let low = bytes.get_mut(..blob.len()).ok_or(ProgramError::OutOfRange)?;
    low.copy_from_slice(blob);
    Ok(u64::from_le_bytes(bytes))
}

fn index(integer: u64) -> Result<usize, ProgramError> {
    usize::try_from(integer).map_err(|_| ProgramError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn results(code: &[u8]) -> Result<Vec<Value>, ProgramError> {
        let mut stack = Stack::default();
        run_on(&mut stack, code)?;
        let mut values = Vec::new();
        while let Ok(value) = stack.pop() {
            values.push(value);
        }
        Ok(values)
    }

    fn integer(value: u64) -> Vec<u8> {
        let mut code = vec![0x01];
        code.extend(value.to_le_bytes());
        code
    }

    fn blob(bytes: &[u8]) -> Vec<u8> {
        let mut code = vec![0x02];
        code.extend((bytes.len() as u32).to_le_bytes());
        code.extend(bytes);
        code
    }

    #[test]
    fn binary_operations_take_their_arguments_in_the_order_pushed() {
        let code = [integer(5), integer(7), vec![0x21]].concat();
        assert_eq!(results(&code), Ok(vec![Value::Integer(u64::MAX - 1)]));
    }

    #[test]
    fn blobs_are_sliced_joined_and_read_as_integers() {
        let code = [
            blob(b"abcdef"),
            integer(2),
            integer(3),
            vec![0x14],
            integer(0x0102),
            vec![0x15, 2, 0x13],
        ]
        .concat();
        let expected = Value::Blob(b"cde\x02\x01".to_vec());
        assert_eq!(results(&code), Ok(vec![expected]));
        let code = [blob(b"\x02\x01"), vec![0x16]].concat();
        assert_eq!(results(&code), Ok(vec![Value::Integer(0x0102)]));
    }

    #[test]
    fn a_repeated_program_shares_the_stack() {
        let add_two = [integer(2), vec![0x20]].concat();
        let code = [integer(1), integer(3), blob(&add_two), vec![0x32]].concat();
        assert_eq!(results(&code), Ok(vec![Value::Integer(7)]));
    }

    #[test]
    fn a_conditional_program_runs_only_where_the_condition_is_not_zero() {
        let body = integer(9);
        let code = [integer(0), blob(&body), vec![0x31]].concat();
        assert_eq!(results(&code), Ok(vec![]));
        let code = [integer(1), blob(&body), vec![0x31]].concat();
        assert_eq!(results(&code), Ok(vec![Value::Integer(9)]));
    }

    #[test]
    fn mistakes_are_errors() {
        assert_eq!(results(b"\x03"), Err(ProgramError::StackUnderflow));
        assert_eq!(results(b"\x04\x00"), Err(ProgramError::StackUnderflow));
        let code = [blob(b""), vec![0x20]].concat();
        assert_eq!(results(&code), Err(ProgramError::ExpectedInteger));
        let code = [integer(1), vec![0x30]].concat();
        assert_eq!(results(&code), Err(ProgramError::ExpectedBlob));
        let code = [blob(b"ab"), integer(1), integer(2), vec![0x14]].concat();
        assert_eq!(results(&code), Err(ProgramError::OutOfRange));
        let code = [blob(b"123456789"), vec![0x16]].concat();
        assert_eq!(results(&code), Err(ProgramError::OutOfRange));
        let unknown = ProgramError::UnknownFunction("no_such".to_owned());
        assert_eq!(results(b"\x40\x07no_such"), Err(unknown));
    }

    #[test]
    fn globals_and_counters_outlive_a_run() {
        run(&[blob(b"a"), vec![0x51, 1], blob(b"b"), vec![0x53, 1]].concat()).unwrap();
        assert_eq!(results(b"\x52\x01"), Ok(vec![Value::Blob(b"ab".to_vec())]));
        let code = [integer(4), vec![0x54, 9]].concat();
        run(&code).unwrap();
        assert_eq!(results(&code), Ok(vec![Value::Integer(8)]));
    }
}
