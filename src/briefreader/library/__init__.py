"""The one door: every verb once, for both front ends."""
