-- Own inspections, so that a return is gone on with.
CREATE INDEX outbox_inspected ON outbox(agg, epoch, seq) WHERE type = 'ReturnInspected';
