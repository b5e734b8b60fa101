"""What would change a verdict: changes to a case, roads to the other verdict, silence, and the law of other days."""
