"""What would be the same in a chess club: ids, time, errors, storage, events, the one door for writes."""
