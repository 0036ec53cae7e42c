"""What a schema is exported to: one module for each generator of linkml, with what NWB asks of it."""
