"""config.toml → Settings, with line-numbered problems."""
