// Does nothing, which takes time too.
