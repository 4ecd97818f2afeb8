//! The encoding of programs: an opcode byte, then its immediates, integers little-endian.

use std::fmt;

/// One instruction, borrowed from the program that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction<'p> {
    PushInteger(u64),
    PushBlob(&'p [u8]),
    Drop,
    /// Copies the value that lies this deep; 0 is the top.
    Duplicate(u8),
    Swap,
    /// `size -> blob` of zeros.
    NewBuffer,
    /// Pushes the address of the blob that lies this deep, which stays where it is.
    AddressOf(u8),
    /// Pushes the length of the blob that lies this deep, which stays where it is.
    LengthOf(u8),
    /// `blob blob -> blob`
    Concatenate,
    /// `blob offset length -> blob`
    Slice,
    /// `integer -> blob` of this many bytes, little-endian.
    EncodeInteger(u8),
    /// `blob -> integer` from at most eight bytes, little-endian.
    DecodeInteger,
    Add,
    Subtract,
    Multiply,
    /// `a b -> 1 | 0`
    Equal,
    /// `a b -> 1 | 0`, unsigned.
    Less,
    /// `program ->`, which shares the stack.
    Run,
    /// `condition program ->`
    RunIf,
    /// `count program ->`
    Repeat,
    /// Calls the `ic0` function of this name with its arguments from the stack.
    SystemCall(&'p str),
    /// `on_reply on_reject on_cleanup -> environment`
    StoreCallbacks,
    /// Pushes the table index of the function that runs this callback.
    CallbackFunction(Callback),
    /// `program ->`
    SetHook(Hook),
    /// `blob ->`
    StoreGlobal(u8),
    /// `-> blob`, empty where nothing was stored.
    LoadGlobal(u8),
    /// `blob ->`
    AppendGlobal(u8),
    /// `integer -> integer`, the new value of the counter.
    AddCounter(u8),
    /// `iterations ->`
    BusyLoop,
    LoopForever,
    /// `depth -> depth`, with that many frames on the WebAssembly stack.
    Recurse,
    Unreachable,
    /// `-> pages`
    MemorySize,
    /// `pages -> pages`, the former size or 2^32 - 1.
    MemoryGrow,
    /// `address length byte ->`
    FillMemory,
    /// `address length -> blob`
    ReadMemory,
}

/// Which answer to a call a stored program is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callback {
    Reply,
    Reject,
    Cleanup,
}

/// An entry point that runs a stored program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hook {
    Heartbeat,
    GlobalTimer,
    PreUpgrade,
    InspectMessage,
    OnLowWasmMemory,
    Transform,
    Stored,
}

/// What is wrong with a program; the position is that of the opcode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgramError {
    UnknownOpcode { opcode: u8, position: usize },
    Truncated { position: usize },
    UnknownCallback(u8),
    UnknownHook(u8),
    FunctionNameNotText { position: usize },
    UnknownFunction(String),
    StackUnderflow,
    ExpectedInteger,
    ExpectedBlob,
    OutOfRange,
}

impl fmt::Display for ProgramError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOpcode { opcode, position } => {
                write!(formatter, "unknown opcode {opcode} at {position}")
            }
            Self::Truncated { position } => write!(formatter, "instruction at {position} cut off"),
            Self::UnknownCallback(kind) => write!(formatter, "unknown callback {kind}"),
            Self::UnknownHook(hook) => write!(formatter, "unknown hook {hook}"),
            Self::FunctionNameNotText { position } => {
                write!(formatter, "function name at {position} is not UTF-8")
            }
            Self::UnknownFunction(name) => write!(formatter, "unknown function ic0.{name}"),
            Self::StackUnderflow => write!(formatter, "stack underflow"),
            Self::ExpectedInteger => write!(formatter, "expected an integer, found a blob"),
            Self::ExpectedBlob => write!(formatter, "expected a blob, found an integer"),
            Self::OutOfRange => write!(formatter, "offset, length or width out of range"),
        }
    }
}

/// Reads a program, an instruction at a time.
pub struct Reader<'p> {
    code: &'p [u8],
    position: usize,
}

impl<'p> Reader<'p> {
    pub fn new(code: &'p [u8]) -> Self {
        Self { code, position: 0 }
    }

    /// The next instruction, or nothing at the end of the program.
    pub fn next_instruction(&mut self) -> Result<Option<Instruction<'p>>, ProgramError> {
        let start = self.position;
        if start == self.code.len() {
            return Ok(None);
        }
        self.decode(start).map(Some).map_err(|error| error.at(start))
    }

    fn decode(&mut self, start: usize) -> Result<Instruction<'p>, ProgramError> {
        let instruction = match self.byte()? {
            0x01 => Instruction::PushInteger(u64::from_le_bytes(self.array()?)),
            0x02 => {
                let length = u32::from_le_bytes(self.array()?);
                Instruction::PushBlob(self.take(length as usize)?)
            }
            0x03 => Instruction::Drop,
            0x04 => Instruction::Duplicate(self.byte()?),
            0x05 => Instruction::Swap,
            0x10 => Instruction::NewBuffer,
            0x11 => Instruction::AddressOf(self.byte()?),
            0x12 => Instruction::LengthOf(self.byte()?),
            0x13 => Instruction::Concatenate,
            0x14 => Instruction::Slice,
            0x15 => Instruction::EncodeInteger(self.byte()?),
            0x16 => Instruction::DecodeInteger,
            0x20 => Instruction::Add,
            0x21 => Instruction::Subtract,
            0x22 => Instruction::Multiply,
            0x23 => Instruction::Equal,
            0x24 => Instruction::Less,
            0x30 => Instruction::Run,
            0x31 => Instruction::RunIf,
            0x32 => Instruction::Repeat,
            0x40 => {
                let length = self.byte()?;
                let name = std::str::from_utf8(self.take(usize::from(length))?)
                    .map_err(|_| ProgramError::FunctionNameNotText { position: start })?;
                Instruction::SystemCall(name)
            }
            0x41 => Instruction::StoreCallbacks,
            0x42 => Instruction::CallbackFunction(self.callback()?),
            0x50 => Instruction::SetHook(self.hook()?),
            0x51 => Instruction::StoreGlobal(self.byte()?),
            0x52 => Instruction::LoadGlobal(self.byte()?),
            0x53 => Instruction::AppendGlobal(self.byte()?),
            0x54 => Instruction::AddCounter(self.byte()?),
            0x60 => Instruction::BusyLoop,
            0x61 => Instruction::LoopForever,
            0x62 => Instruction::Recurse,
            0x63 => Instruction::Unreachable,
            0x64 => Instruction::MemorySize,
            0x65 => Instruction::MemoryGrow,
            0x66 => Instruction::FillMemory,
            0x67 => Instruction::ReadMemory,
            opcode => {
                return Err(ProgramError::UnknownOpcode { opcode, position: start });
            }
        };
        Ok(instruction)
    }

    fn callback(&mut self) -> Result<Callback, ProgramError> {
        match self.byte()? {
            0 => Ok(Callback::Reply),
            1 => Ok(Callback::Reject),
            2 => Ok(Callback::Cleanup),
            kind => Err(ProgramError::UnknownCallback(kind)),
        }
    }

    fn hook(&mut self) -> Result<Hook, ProgramError> {
        match self.byte()? {
            0 => Ok(Hook::Heartbeat),
            1 => Ok(Hook::GlobalTimer),
            2 => Ok(Hook::PreUpgrade),
            3 => Ok(Hook::InspectMessage),
            4 => Ok(Hook::OnLowWasmMemory),
            5 => Ok(Hook::Transform),
            6 => Ok(Hook::Stored),
            hook => Err(ProgramError::UnknownHook(hook)),
        }
    }

    fn byte(&mut self) -> Result<u8, ProgramError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ProgramError> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        Ok(bytes)
    }

    fn take(&mut self, length: usize) -> Result<&'p [u8], ProgramError> {
        let rest = &self.code[self.position..];
        let bytes =
            rest.get(..length).ok_or(ProgramError::Truncated { position: self.position })?;
        self.position += length;
        Ok(bytes)
    }
}

impl ProgramError {
    /// The same error, placed at the opcode where it only knew the place of an immediate.
    fn at(self, start: usize) -> Self {
        match self {
            Self::Truncated { .. } => Self::Truncated { position: start },
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(code: &[u8]) -> Result<Vec<Instruction<'_>>, ProgramError> {
        let mut reader = Reader::new(code);
        let mut instructions = Vec::new();
        while let Some(instruction) = reader.next_instruction()? {
            instructions.push(instruction);
        }
        Ok(instructions)
    }

    #[test]
    fn immediates_are_little_endian_and_length_prefixed() {
        let code = b"\x01\x02\x01\0\0\0\0\0\0\x02\x02\0\0\0hi\x40\x04trap\x42\x02";
        assert_eq!(
            decode(code),
            Ok(vec![
                Instruction::PushInteger(258),
                Instruction::PushBlob(b"hi"),
                Instruction::SystemCall("trap"),
                Instruction::CallbackFunction(Callback::Cleanup),
            ])
        );
    }

    #[test]
    fn every_cut_inside_an_instruction_is_an_error_at_its_opcode() {
        let code = b"\x03\x02\x02\0\0\0hi";
        for length in 2..code.len() {
            let error = decode(&code[..length]).unwrap_err();
            assert_eq!(error, ProgramError::Truncated { position: 1 });
        }
    }

    #[test]
    fn unknown_bytes_are_refused() {
        let unknown = ProgramError::UnknownOpcode { opcode: 0xff, position: 1 };
        assert_eq!(decode(b"\x03\xff"), Err(unknown));
        assert_eq!(decode(b"\x42\x03"), Err(ProgramError::UnknownCallback(3)));
        assert_eq!(decode(b"\x50\x07"), Err(ProgramError::UnknownHook(7)));
        assert_eq!(decode(b"\x40\x01\xff"), Err(ProgramError::FunctionNameNotText { position: 0 }));
    }
}
