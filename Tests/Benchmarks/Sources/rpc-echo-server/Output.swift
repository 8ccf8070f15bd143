#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Lets whoever reads the output through a pipe see it now.
func fflushStandardOutput() { fflush(nil) }
