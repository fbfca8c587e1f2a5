# A formula for Homebrew on Linux. Untested. contrib/guide/platforms.md lists what keeps the program from macOS.
class Reprise < Formula
  desc "Load tester and traffic replayer for people who do not program"
  homepage "https://github.com/reprise/reprise"
  license "MIT"
  head "https://github.com/reprise/reprise.git", branch: "main"

  depends_on "autoconf" => :build
  depends_on "automake" => :build
  depends_on "pkgconf" => :build
  depends_on "uthash" => :build
  depends_on "brotli"
  depends_on "curl"
  depends_on "krb5"
  depends_on "libevent"
  depends_on "libidn2"
  depends_on "libnghttp2"
  depends_on "libpsl"
  depends_on "libxml2"
  depends_on "libyaml"
  depends_on :linux
  depends_on "openssl@3"
  depends_on "pcre2"
  depends_on "zlib"
  depends_on "zstd"

  def install
    system "autoreconf", "-fi"
    system "./configure", "--prefix=#{prefix}"
    system "make", "install"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/reprise --version") unless head?
    (testpath/"t.yaml").write <<~YAML
      target: http://127.0.0.1:1
      steps:
        - get: /
    YAML
    system bin/"reprise", "check", "t.yaml"
  end
end
