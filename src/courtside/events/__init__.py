"""From where everybody and the ball were to what was played: possession, passes, shots, rules, statistics. Pure functions, no pixels, no models."""
