"""Cloud buckets as folders of a sandbox, by the SDK's strategy for them.

The credentials go from the environment, or by the name of a secret that Modal has, to Modal, and nowhere else: the
SDK's session, which is stored, does not know of the buckets. This module leans on one inner method of the SDK
(`_build_modal_cloud_bucket_mount_config`); a test fails loudly when it changes.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import modal
from agents.extensions.sandbox.modal import ModalCloudBucketMountStrategy
from agents.sandbox.entries import GCSMount, Mount, R2Mount, S3Mount

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.profiles import MountSettings


def volumes(
    mounts: Iterable[MountSettings], environ: Mapping[str, str] = os.environ
) -> dict[str | os.PathLike[str], modal.Volume | modal.CloudBucketMount]:
    """By path in the sandbox, what Modal is asked to mount there.

    Raises:
        SandboxError: `mount.variable`: the environment lacks the credentials.
    """
    return {each.path: _volume(each, environ) for each in mounts}


def _volume(settings: MountSettings, environ: Mapping[str, str]) -> modal.CloudBucketMount:
    strategy = ModalCloudBucketMountStrategy(
        secret_name=settings.secret or None, secret_environment_name=settings.secret_environment or None
    )
    built = strategy._build_modal_cloud_bucket_mount_config(_mount(settings, strategy, environ))  # noqa: SLF001
    secret = None
    if built.secret_name is not None:
        secret = modal.Secret.from_name(built.secret_name, environment_name=built.secret_environment_name)
    elif built.credentials is not None:
        secret = modal.Secret.from_dict(cast("dict[str, str | None]", built.credentials))
    return modal.CloudBucketMount(
        bucket_name=built.bucket_name,
        bucket_endpoint_url=built.bucket_endpoint_url,
        key_prefix=built.key_prefix,
        secret=secret,
        read_only=built.read_only,
    )


def _mount(settings: MountSettings, strategy: ModalCloudBucketMountStrategy, environ: Mapping[str, str]) -> Mount:
    """The bucket as the SDK names it."""
    key, secret, token = (
        _value(settings, name, environ)
        for name in (settings.key_variable, settings.secret_variable, settings.token_variable)
    )
    shared: dict[str, Any] = {
        "bucket": settings.bucket,
        "secret_access_key": secret,
        "read_only": settings.read_only,
        "mount_path": Path(settings.path),
        "mount_strategy": strategy,
    }
    endpoint, prefix = settings.endpoint or None, settings.prefix or None
    match settings.kind:
        case "s3":
            return S3Mount(**shared, endpoint_url=endpoint, prefix=prefix, access_key_id=key, session_token=token)
        case "r2":
            return R2Mount(**shared, account_id=settings.account, custom_domain=endpoint, access_key_id=key)
        case "gcs":
            return GCSMount(**shared, endpoint_url=endpoint, prefix=prefix, access_id=key)


def _value(settings: MountSettings, name: str, environ: Mapping[str, str]) -> str | None:
    if not name:
        return None
    if not (value := environ.get(name)):
        raise SandboxError(
            "mount.variable",
            f"The bucket {settings.bucket} cannot be mounted: the variable {name} is not set.",
            hint="Set it before golfer starts.",
        )
    return value
