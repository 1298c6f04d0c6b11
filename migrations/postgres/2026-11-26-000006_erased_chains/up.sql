-- Whether the diary's erasure was begun: the first rows of its log are gone then, and nobody took them out.
ALTER TABLE access_chains ADD COLUMN erasing boolean NOT NULL DEFAULT false;
