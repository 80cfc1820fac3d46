"""The older calls for files, which bounded reads still need: open, read and close, each with an output of its own."""

import asyncio
import errno
import itertools
from typing import Any, BinaryIO

from loopback.modal_plane.sandboxes import Sandboxes
from modal_proto import api_pb2

CODES = {
    errno.ENOENT: api_pb2.SystemErrorCode.SYSTEM_ERROR_CODE_NOENT,
    errno.EISDIR: api_pb2.SystemErrorCode.SYSTEM_ERROR_CODE_ISDIR,
    errno.EACCES: api_pb2.SystemErrorCode.SYSTEM_ERROR_CODE_ACCES,
}
Batch = api_pb2.FilesystemRuntimeOutputBatch
EOF = Batch(eof=True)


class Files:
    """Files that clients have open."""

    def __init__(self, sandboxes: Sandboxes) -> None:
        self._sandboxes = sandboxes
        self._open: dict[str, BinaryIO] = {}
        self._outputs: dict[str, list[Any]] = {}
        self._numbers = itertools.count(1)

    async def execute(self, request: Any) -> Any:
        """Do one operation; what it gives is read by `output`."""
        id_ = f"fe-{next(self._numbers)}"
        response = api_pb2.ContainerFilesystemExecResponse(exec_id=id_)
        try:
            data = await asyncio.to_thread(self._do, request, response)
            batches = [Batch(output=[data])] if data else []
        except OSError as error:
            code = CODES.get(error.errno or 0, api_pb2.SystemErrorCode.SYSTEM_ERROR_CODE_IO)
            batches = [Batch(error=api_pb2.SystemErrorMessage(error_code=code, error_message=str(error)))]
            response.file_descriptor = "none"
        self._outputs[id_] = [*batches, EOF]
        return response

    def output(self, id_: str) -> list[Any]:
        """What an operation gave; its end is a message of its own."""
        return self._outputs.pop(id_, [EOF])

    def _do(self, request: Any, response: Any) -> bytes:
        match request.WhichOneof("file_exec_request_oneof"):
            case "file_open_request":
                asked = request.file_open_request
                path = self._sandboxes.living(request.task_id).space.path(asked.path)
                fd = response.file_descriptor = f"fd-{next(self._numbers)}"
                self._open[fd] = open(path, asked.mode.replace("b", "") + "b")  # noqa: SIM115 - closed by a later call
                return b""
            case "file_read_request":
                asked = request.file_read_request
                return self._open[asked.file_descriptor].read(asked.n if asked.HasField("n") else -1)
            case "file_write_request":
                self._open[request.file_write_request.file_descriptor].write(request.file_write_request.data)
                return b""
            case "file_flush_request":
                self._open[request.file_flush_request.file_descriptor].flush()
                return b""
            case "file_close_request":
                if (file := self._open.pop(request.file_close_request.file_descriptor, None)) is not None:
                    file.close()
                return b""
            case other:
                raise OSError(errno.EINVAL, f"the loopback plane has no {other}")

    def close(self) -> None:
        """Close what clients left open."""
        for file in self._open.values():
            file.close()
        self._open.clear()
