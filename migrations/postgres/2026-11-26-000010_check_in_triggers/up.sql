-- What there was on a day that may bring a cramp on. Of the days that are there, nothing was asked.
ALTER TABLE check_ins ADD COLUMN triggers text NOT NULL DEFAULT '[]'; -- JSON as the service wrote it
ALTER TABLE check_ins ALTER COLUMN triggers DROP DEFAULT;
