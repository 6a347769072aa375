"""Space-time records: data, windows, scaling and judgement; never imported by another room."""
