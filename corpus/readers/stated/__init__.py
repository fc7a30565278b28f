"""What a document says of itself: title, day, publisher, numbers; and where it says so."""
