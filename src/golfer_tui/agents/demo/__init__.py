"""What the scripted model says in the demo: an orchestrator and its workers play mini golf, by rules alone."""
