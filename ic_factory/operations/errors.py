"""Why work of several calls did not end well.

OperationError                (its base, IcFactoryError, is in ic_factory/errors.py)
├── SourceError               the file to upload can't be used; nothing was sent
│   ├── SourceUnreadable      it can't be read
│   ├── SourceNotWasm         it is neither a WASM module nor a gzipped one
│   └── SourceChanged         it was changed while it was read
├── UploadInterrupted         some chunks did not arrive; the next run sends those that are missing
├── UploadMismatch            the canister has other bytes than the file
├── FileNotSaved              bytes of a memory can't be written to the disk
│   └── TargetTaken           another file is in their place
├── AssetMissing              a memory has no such asset
├── AssetMismatch             the bytes that came are not those that the memory says
├── CreationFailed            a creation ended without a canister
├── CreationUnfinished        it goes on, but was not watched to its end
├── ExportUnreadable          a folder is no export of a capsule
├── NotOfType                 JSON is no record of a type (operations/record_json.py)
├── ReceiptInvalid            a receipt proves nothing (operations/receipts.py has its branches)
├── ArgumentError             an argument that was written down does not fit
├── CanisterMissing           the canister is not there (operations/control.py)
├── NotInControl              neither the caller nor the factory controls it (the same)
├── MethodUnknown             the interface has no such method (operations/calling.py)
├── AnswerUnreadable          an answer is not of its interface's types (the same)
└── DeployError               a canister of a project can't be deployed
"""

from __future__ import annotations

from ic_factory.errors import IcFactoryError


class OperationError(IcFactoryError):
    """Work of several calls that did not end well."""


class SourceError(OperationError):
    """The file to upload can't be used; nothing was sent."""


class SourceUnreadable(SourceError):
    """The file can't be read."""


class SourceNotWasm(SourceError):
    """The bytes are neither a WASM module nor a gzipped one."""


class SourceChanged(SourceError):
    """The file was changed while it was read."""


class UploadInterrupted(OperationError):
    """Some chunks did not arrive; the next run sends those that are missing."""


class UploadMismatch(OperationError):
    """The canister has other bytes than the file."""


class FileNotSaved(OperationError):
    """The bytes of a memory can't be written to the disk."""


class TargetTaken(FileNotSaved):
    """Another file is where the bytes of a memory should be written."""


class AssetMissing(OperationError):
    """A memory has no such asset."""


class AssetMismatch(OperationError):
    """The bytes that came are not those that the memory says."""


class CreationFailed(OperationError):
    """A creation ended without a canister."""


class CreationUnfinished(OperationError):
    """A creation goes on, but was not watched to its end."""


class ExportUnreadable(OperationError):
    """A folder is no export of a capsule, or a damaged one."""


class ReceiptInvalid(OperationError):
    """A receipt of a personal canister proves nothing."""


class ArgumentError(OperationError):
    """An argument that was written down does not fit."""


class DeployError(OperationError):
    """A canister of a project can't be deployed."""
