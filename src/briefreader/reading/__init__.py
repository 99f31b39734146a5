"""bytes → Briefing; never touches the database."""
