"""What fits, and why: schedules, searches, answers."""
