import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** Guard BUNDLE ANCHOR-HASH CODE [TIME]: verifies one code without a network. */
public final class Guard {
    public static void main(String[] arguments) throws Exception {
        Instant now = arguments.length > 3 ? Instant.parse(arguments[3]) : Instant.now();
        try (var verifier = new Tongxing()) {
            verifier.load(Files.readAllBytes(Path.of(arguments[0])), arguments[1], now);
            var verdict = verifier.verify(arguments[2], now);
            System.out.println(verdict.outcome());
            System.out.println(verdict.json());
        }
    }
}
