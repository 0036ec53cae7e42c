"""What people look at: pictures of what is in a file, and pages with it."""
