"""Fine-tuning the notebook's kind of models: thin wrappers around the classes of transformers and peft."""
