-- Which databases were about to be made: those that no redemption has any more are found by it.

CREATE INDEX trail_begun ON trail (redemption) WHERE kind = 'provisioning';
