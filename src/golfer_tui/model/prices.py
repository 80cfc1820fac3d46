"""What a lease costs by the hour. It stands in the event that begins the lease: later prices change no past."""

import msgspec


class Rate(msgspec.Struct, frozen=True, omit_defaults=True):
    """An estimate in US dollars, from the price list that was in force when the lease began."""

    gpus: float | None = 0.0
    """For an hour of all its GPUs together; None if one of them has no price."""
    core: float = 0.0
    """For an hour of one CPU core."""
    gib: float = 0.0
    """For an hour of one GiB of memory."""
    cores: float = 0.0
    """CPU cores that are paid for even if fewer are used."""
    memory: float = 0.0
    """GiB that are paid for even if less is used."""
    base: float = 0.0
    """For an hour, whatever it uses."""

    @property
    def per_hour(self) -> float | None:
        """For an hour of all that is paid for in any case; None if a GPU has no price."""
        if self.gpus is None:
            return None
        return self.gpus + self.base + self.cores * self.core + self.memory * self.gib
