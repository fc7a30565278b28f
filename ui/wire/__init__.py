"""What goes over the wire to other programs: shapes of requests and replies, problems, and the queue before answers."""
