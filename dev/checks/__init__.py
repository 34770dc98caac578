"""What looks at the code without running its tests."""
