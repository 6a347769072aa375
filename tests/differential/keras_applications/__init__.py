"""Every model of keras.applications, live and as JSON, against Keras itself."""
