"""The go/no-go page: one judgement drawn for people, in Chinese and English, offline."""
