"""Arrays of numpy, torch on a CPU, and whatever else hands out its memory by DLPack, without copies."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, c_int32, c_int64, c_uint8, c_uint16, c_uint64, c_void_p
from typing import Any

import numpy as np

from . import _library

F32, F16, BF16 = range(3)


class _Tensor(Structure):
    """DLTensor, which a capsule begins with."""

    _fields_ = [
        ("data", c_void_p),
        ("device_type", c_int32),
        ("device", c_int32),
        ("ndim", c_int32),
        ("code", c_uint8),
        ("bits", c_uint8),
        ("lanes", c_uint16),
        ("shape", POINTER(c_int64)),
        ("strides", POINTER(c_int64)),
        ("byte_offset", c_uint64),
    ]


_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype, _pointer.argtypes = c_void_p, [ctypes.py_object, ctypes.c_char_p]
_CPU, _FLOAT, _BFLOAT = 1, 2, 4


class Numbers:
    """A matrix of numbers where they lie, and what keeps them there.

    Raises TypeError for what is no array of numbers, ValueError for a wrong number of dimensions.
    """

    def __init__(self, value: Any, name: str, dimensions: int) -> None:
        if type(value).__module__.split(".")[0] == "torch":
            self._from_capsule(value, name, dimensions)
        else:
            self._from_numpy(value, name, dimensions)

    def _from_numpy(self, value: Any, name: str, dimensions: int) -> None:
        array = np.asarray(value)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        if array.dtype.kind != "f" or array.dtype.itemsize not in (2, 4):
            raise TypeError(f"{name} holds {array.dtype}; expected float32, float16 or, of torch, bfloat16")
        array = np.ascontiguousarray(array, array.dtype.newbyteorder("="))
        if array.ndim != dimensions:
            raise ValueError(f"{name} has the shape {array.shape}; expected {dimensions} dimensions")
        self._keep = array
        self._set(array.ctypes.data, F32 if array.dtype.itemsize == 4 else F16, array.shape)

    def _from_capsule(self, value: Any, name: str, dimensions: int) -> None:
        if value.device.type != "cpu":
            raise TypeError(f"{name} lies on {value.device}; expected a tensor on the CPU: call .cpu()")
        # A view that knows nothing of gradients; the copy is made where rows do not lie one after the other.
        value = value.detach().contiguous()
        self._keep = value
        capsule = value.__dlpack__()
        tensor = _Tensor.from_address(_pointer(capsule, b"dltensor"))
        form = {(_FLOAT, 32): F32, (_FLOAT, 16): F16, (_BFLOAT, 16): BF16}.get((tensor.code, tensor.bits))
        if form is None or tensor.device_type != _CPU or tensor.lanes != 1:
            raise TypeError(f"{name} holds {value.dtype}; expected float32, float16 or bfloat16")
        shape = tuple(tensor.shape[: tensor.ndim])
        if len(shape) != dimensions:
            raise ValueError(f"{name} has the shape {shape}; expected {dimensions} dimensions")
        self._set((tensor.data or 0) + tensor.byte_offset, form, shape)

    def _set(self, address: int, form: int, shape: tuple[int, ...]) -> None:
        rows, columns = shape if len(shape) == 2 else (1, shape[0])
        self.matrix = _library.Matrix(address, form, rows, columns)
