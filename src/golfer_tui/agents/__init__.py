"""The agents: orchestrator and workers on the Agents SDK, their tools, the model providers, the scripted model."""
