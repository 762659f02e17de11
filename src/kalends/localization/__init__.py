"""What mails and pages tell people in words: their language, answers, places."""
