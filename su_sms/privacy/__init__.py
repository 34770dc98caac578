"""Keep less, and forget: retention, erasure, and hashes for suppressed numbers."""
