package natsstore_test

func workAsMigration() error { return nil }
