//! Standard output: pages go to the descriptor itself, since the library's own buffer would hold back what failed and try
//! it again at exit.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;

use super::Trouble;

/// Standard output, or what stands in for it in a test.
#[derive(Debug)]
pub struct Stdout {
    file: File,
    /// A write stopped inside a line; whatever comes next must not continue that line.
    torn: bool,
}

impl Stdout {
    pub fn open() -> Result<Self, Trouble> {
        let descriptor = io::stdout().as_fd().try_clone_to_owned();
        let descriptor = descriptor.map_err(|error| Trouble::new(format!("standard output cannot be used: {error}"), None))?;
        Ok(Self::over(File::from(descriptor)))
    }

    fn over(file: File) -> Self {
        Self { file, torn: false }
    }

    pub fn write(&mut self, lines: &[u8]) -> Result<(), Trouble> {
        let written = self.end_torn_line().and_then(|()| self.write_lines(lines));
        written.map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => Trouble::new(
                "nobody reads standard output any more (broken pipe)",
                Some("start the reader again together with alertferry; what was not written is offered again"),
            ),
            _ => Trouble::new(
                format!("standard output cannot be written: {error}"),
                Some("check where standard output leads, and the space there if that is a file"),
            ),
        })
    }

    fn end_torn_line(&mut self) -> io::Result<()> {
        if self.torn {
            self.file.write_all(b"\n")?;
            self.torn = false;
        }
        Ok(())
    }

    fn write_lines(&mut self, lines: &[u8]) -> io::Result<()> {
        let mut rest = lines;
        while !rest.is_empty() {
            match self.file.write(rest) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(taken) => {
                    self.torn = rest[taken - 1] != b'\n';
                    rest = &rest[taken..];
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    use super::Stdout;

    #[test]
    fn a_closed_pipe_is_a_failure_that_says_so() {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut stdout = Stdout::over(File::from(OwnedFd::from(writer)));
        stdout.write(b"{}\n").unwrap();
        drop(reader);
        let trouble = stdout.write(b"{}\n").unwrap_err();
        assert_eq!(trouble.message, "nobody reads standard output any more (broken pipe)");
    }

    #[test]
    fn a_line_torn_by_a_failure_is_ended_before_the_next_page() {
        let (mut reader, writer) = UnixStream::pair().unwrap();
        writer.set_nonblocking(true).unwrap();
        let mut stdout = Stdout::over(File::from(OwnedFd::from(writer)));
        // Full in mid-line: a socket that does not block says so where a disk says that it is full.
        let mut long = vec![b'x'; 8_000_000];
        long.push(b'\n');
        stdout.write(&long).unwrap_err();
        assert!(stdout.torn, "the socket took whole lines only");

        // Room for the next page, while what was taken of the first stays torn.
        let mut taken = vec![0; 100_000];
        reader.read_exact(&mut taken).unwrap();
        while stdout.write(b"{\"whole\":1}\n").is_err() {
            reader.read_exact(&mut taken).unwrap();
        }
        drop(stdout);
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).unwrap();
        let text = String::from_utf8(rest).unwrap();
        assert!(text.ends_with("xx\n{\"whole\":1}\n"), "{}", &text[text.len() - 40..]);
    }
}
