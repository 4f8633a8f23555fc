//! lifering (救生圈): who cannot be reached in time, which written standard does that break, and where should the next
//! station stand?
