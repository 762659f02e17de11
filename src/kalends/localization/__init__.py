"""What mails and pages say in words: languages, answers, places."""
