"""Where the Modal sandboxes lean on how the SDK and modal are made inside: a change there shows here first."""

import dataclasses
import importlib.metadata
import inspect
import re
from typing import Any

import modal
import pytest
from agents.extensions.sandbox.modal import (
    ModalCloudBucketMountConfig,
    ModalCloudBucketMountStrategy,
    ModalSandboxClient,
    ModalSandboxClientOptions,
    ModalSandboxSession,
)
from agents.sandbox.entries import GCSMount, R2Mount, S3Mount
from agents.sandbox.session.base_sandbox_session import BaseSandboxSession
from modal.output import OutputManager

from golfer_tui.model.settings import ModalSettings
from golfer_tui.sandboxes.modal.images import BuildLog


def test_modal_is_the_version_that_the_sdk_pins() -> None:
    """modal's later versions make sandboxes of another kind, whose files the SDK's bounded reads cannot open.

    So the version comes from the SDK's own extra and is never raised by itself: raise the SDK, and run the whole suite
    against it and `pytest -m modal` against Modal.
    """
    [pin] = [
        re.search(r"==([\d.]+)", line)
        for line in importlib.metadata.requires("openai-agents") or []
        if line.startswith("modal==") and "extra" in line
    ]
    assert pin is not None
    assert importlib.metadata.version("modal") == pin[1]
    ours = [line for line in importlib.metadata.requires("golfer-tui") or [] if line.startswith("modal")]
    assert ours == ["modal"], "no second pin that could differ from the SDK's"
    assert inspect.iscoroutinefunction(modal.Sandbox.open.aio)


@pytest.mark.parametrize(
    "name",
    [
        "_ensure_sandbox",
        "_exec_internal",
        "_prepare_backend_workspace",
        "_refresh_sandbox_handle_for_snapshot",
        "_shutdown_backend",
        "pty_exec_start",
        "pty_terminate_all",
        "pty_write_stdin",
    ],
)
def test_what_our_session_replaces_is_still_there(name: str) -> None:
    assert name in vars(ModalSandboxSession)


def test_what_our_session_uses_is_still_there() -> None:
    assert list(inspect.signature(ModalSandboxSession.from_state).parameters) == ["state", "image", "sandbox"]
    used = {"_ensure_runtime_helpers", "_prepare_exec_command", "_set_start_state_preserved", "_start_workspace"}
    assert used <= set(vars(BaseSandboxSession))
    assert "instrumentation" in inspect.signature(ModalSandboxClient._wrap_session).parameters


def test_every_option_of_the_sdk_is_a_setting() -> None:
    ours = {
        "app_name": "app_name",
        "sandbox_create_timeout_s": "create_timeout",
        "workspace_persistence": "workspace_persistence",
        "snapshot_filesystem_timeout_s": "snapshot_timeout",
        "snapshot_filesystem_restore_timeout_s": "restore_timeout",
        "exposed_ports": "exposed_ports",
        "timeout": "timeout",
        "use_sleep_cmd": "use_sleep_cmd",
        "image_builder_version": "image_builder_version",
        "idle_timeout": "idle_timeout",
        "cpu": "cpu",
        "memory": "memory",
    }
    asked_by_worker = {"gpu"}
    assert set(ModalSandboxClientOptions.model_fields) - {"type"} == set(ours) | asked_by_worker
    assert set(ours.values()) <= set(ModalSettings.__struct_fields__)


@pytest.mark.parametrize("mount", [S3Mount, R2Mount, GCSMount])
def test_buckets_are_described_as_the_sdk_does(mount: type[Any]) -> None:
    assert "_build_modal_cloud_bucket_mount_config" in vars(ModalCloudBucketMountStrategy)
    fields = {field.name for field in dataclasses.fields(ModalCloudBucketMountConfig)}
    credentials = {"credentials", "secret_name", "secret_environment_name"}
    assert fields == {"bucket_name", "bucket_endpoint_url", "key_prefix", "read_only"} | credentials
    assert {"bucket", "read_only", "mount_path", "mount_strategy", "secret_access_key"} <= set(mount.model_fields)


def test_the_log_of_a_build_can_be_taken() -> None:
    before = OutputManager.get()
    log = BuildLog(lambda data: None)
    OutputManager._set(log)
    assert OutputManager.get() is log
    OutputManager._set(before)
    assert "prefix" in inspect.signature(OutputManager.put_streaming_log).parameters


def test_modal_takes_the_shared_certificates() -> None:
    from modal._utils import task_command_router_client as router

    from golfer_tui.sandboxes.modal import certificates

    certificates.share()
    assert "ssl.create_default_context()" in inspect.getsource(router.TaskCommandRouterClient._connect)
    assert vars(router)["ssl"].create_default_context() is vars(router)["ssl"].create_default_context()


def test_modal_lets_us_refuse_that_it_asks_again() -> None:
    from modal._utils import grpc_utils

    from golfer_tui.sandboxes.modal import attempts

    parameters = inspect.signature(attempts._original).parameters
    assert list(parameters)[:3] == ["exc", "final_attempt", "fn_name"]
    assert inspect.getsource(grpc_utils._retry_transient_errors).count("process_exception_before_retry(") == 2
