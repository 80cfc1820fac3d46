"""Skills as tools: agents see names and descriptions, and load the guide that they choose."""

import asyncio
import io
from pathlib import Path, PurePosixPath

from agents import FunctionTool
from agents.sandbox.session import SandboxSession

from golfer_tui.agents.services import Services
from golfer_tui.agents.tools import Context, tool
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.skills.skill import Skill

FOLDER = PurePosixPath(".agents")
"""Where a worker finds the files of its skills, below its workspace."""


def skill_tools(services: Services, worker: str | None, sandbox: SandboxSession | None) -> list[FunctionTool]:
    """`list_skills` and `load_skill`. With a sandbox, the files of a loaded skill are put into its workspace."""

    async def list_skills(context: Context) -> str:
        """List the skills that can be loaded: a name and a description for each."""
        return services.library.listing() or "There are no skills."

    async def load_skill(context: Context, name: str) -> str:
        """Read the guide of a skill. Its files, if it has any, are put into the workspace first.

        Args:
            name: The name of the skill, as list_skills gives it.
        """
        skill = services.library.get(name)
        text = skill.body
        if sandbox is not None:
            text += await _install(skill, sandbox)
        by: ev.By = "orchestrator" if worker is None else "worker"
        services.emit(ev.Draft(ae.SkillLoaded(name=skill.name, path=str(skill.path)), worker, by))
        return text

    return [tool(list_skills), tool(load_skill)]


async def _install(skill: Skill, sandbox: SandboxSession) -> str:
    files = await asyncio.to_thread(skill.files)
    folder = FOLDER / skill.name
    for path, data in files:
        target = folder / path
        await sandbox.mkdir(str(target.parent), parents=True)
        await sandbox.write(Path(target), io.BytesIO(data))
    names = ", ".join(str(folder / path) for path, _ in files)
    return f"\n\nFiles of this skill in your workspace: {names}" if names else ""
