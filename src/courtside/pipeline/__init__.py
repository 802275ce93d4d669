"""The wiring of the three stages: analyze (pixels to records), resolve (records to names), render (names to video)."""
