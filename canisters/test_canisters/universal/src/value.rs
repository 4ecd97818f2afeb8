//! The values that programs work on, and the stack that holds them.

use crate::program::ProgramError;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Integer(u64),
    Blob(Vec<u8>),
}

#[derive(Default)]
pub struct Stack(Vec<Value>);

impl Stack {
    pub fn push_integer(&mut self, integer: u64) {
        self.0.push(Value::Integer(integer));
    }

    pub fn push_blob(&mut self, blob: Vec<u8>) {
        self.0.push(Value::Blob(blob));
    }

    pub fn push(&mut self, value: Value) {
        self.0.push(value);
    }

    pub fn pop(&mut self) -> Result<Value, ProgramError> {
        self.0.pop().ok_or(ProgramError::StackUnderflow)
    }

    pub fn pop_integer(&mut self) -> Result<u64, ProgramError> {
        match self.pop()? {
            Value::Integer(integer) => Ok(integer),
            Value::Blob(_) => Err(ProgramError::ExpectedInteger),
        }
    }

    pub fn pop_blob(&mut self) -> Result<Vec<u8>, ProgramError> {
        match self.pop()? {
            Value::Blob(blob) => Ok(blob),
            Value::Integer(_) => Err(ProgramError::ExpectedBlob),
        }
    }

    /// The topmost integers in the order in which they were pushed.
    pub fn pop_integers<const N: usize>(&mut self) -> Result<[u64; N], ProgramError> {
        let mut integers = [0; N];
        for integer in integers.iter_mut().rev() {
            *integer = self.pop_integer()?;
        }
        Ok(integers)
    }

    /// The value that lies this deep; 0 is the top.
    pub fn peek(&mut self, depth: u8) -> Result<&mut Value, ProgramError> {
        let index = self.0.len().checked_sub(usize::from(depth) + 1);
        index.map(|index| &mut self.0[index]).ok_or(ProgramError::StackUnderflow)
    }

    pub fn peek_blob(&mut self, depth: u8) -> Result<&mut Vec<u8>, ProgramError> {
        match self.peek(depth)? {
            Value::Blob(blob) => Ok(blob),
            Value::Integer(_) => Err(ProgramError::ExpectedBlob),
        }
    }
}
