"""Which leased GPUs do next to nothing for minutes: money that nobody uses."""

from golfer_tui.model.gauges import Sample


class Idling:
    """Follows the GPUs of all workers, sample by sample."""

    def __init__(self, minutes: float, percent: float) -> None:
        """
        Args:
            minutes: How long a GPU must idle to be told of; 0 tells of none.
            percent: Use below this is idling.
        """
        self.minutes = minutes
        self.percent = percent
        self._since: dict[tuple[str, int], float] = {}
        """Worker and GPU, to when it was busy last."""
        self._told: dict[str, tuple[int, ...]] = {}

    def take(self, worker: str, sample: Sample, now: float) -> tuple[int, ...] | None:
        """Look at one sample.

        Args:
            worker: Its name.
            sample: A GPU whose use is not told, as with MIG, neither idles nor works.
            now: Seconds, by a clock that does not go back.

        Returns:
            The GPUs that idle now, if these are others than before; else None. Empty: none of them any more.
        """
        idle = []
        for gpu in sample.gpus if self.minutes > 0 else ():
            key = (worker, gpu.index)
            if gpu.utilization is None or gpu.utilization >= self.percent:
                self._since.pop(key, None)
            elif now - self._since.setdefault(key, now) >= self.minutes * 60:
                idle.append(gpu.index)
        found = tuple(idle)
        if found == self._told.get(worker, ()):
            return None
        self._told[worker] = found
        return found

    def forget(self, worker: str) -> None:
        """Its sandbox has ended."""
        self._told.pop(worker, None)
        for key in [key for key in self._since if key[0] == worker]:
            del self._since[key]
