"""Skills: Markdown guides, with their files, that an agent opts in to. They are found and checked, never run."""
