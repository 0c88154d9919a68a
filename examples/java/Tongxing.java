import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Health codes verified without a network: libtongxing through JNA. Threads may share one. */
public final class Tongxing implements AutoCloseable {
    /** What a verdict comes to, in the order of tongxing.h. */
    public enum Outcome { UNVERIFIED, PASS, RESTRICTED, CHECK }

    /** A verdict, and the same as JSON (spec/verification.md). */
    public record Verdict(Outcome outcome, String json) {}

    /** size_t, which has the width of a pointer. */
    public static final class Size extends com.sun.jna.IntegerType {
        private static final long serialVersionUID = 1;

        public Size() { this(0); }

        public Size(long value) { super(Native.SIZE_T_SIZE, value, true); }
    }

    /** Room for the size_t that a function sets. */
    public static final class SizeByReference extends com.sun.jna.ptr.ByReference {
        public SizeByReference() { super(Native.SIZE_T_SIZE); }

        int value() {
            return Math.toIntExact(Native.SIZE_T_SIZE == 8 ? getPointer().getLong(0) : getPointer().getInt(0));
        }
    }

    private interface Functions extends Library {
        Pointer tongxing_new();

        int tongxing_free(Pointer verifier);

        int tongxing_load(Pointer verifier, long at, byte[] anchor, Size anchorLength, byte[] bundle, Size bundleLength,
                byte[] memory, Size memoryLength, PointerByReference response, SizeByReference responseLength);

        int tongxing_verify(Pointer verifier, long at, byte[] code, Size codeLength, Pointer context,
                IntByReference outcome, PointerByReference verdict, SizeByReference verdictLength);

        void tongxing_free_bytes(Pointer bytes);
    }

    private static final int ABI_VERSION = 1;
    private static final Functions FUNCTIONS = Native.load("libtongxing.so." + ABI_VERSION, Functions.class);

    private final Pointer handle = FUNCTIONS.tongxing_new();

    /** Puts a bundle in force; the anchor is the hash of the root in hexadecimal. */
    public void load(byte[] bundle, String anchor, Instant at) {
        var response = new PointerByReference();
        var length = new SizeByReference();
        byte[] root = anchor.getBytes(StandardCharsets.UTF_8);
        int result = FUNCTIONS.tongxing_load(handle, at.getEpochSecond(), root, new Size(root.length), bundle,
                new Size(bundle.length), null, new Size(0), response, length);
        String said = take(response, length);
        if (result != 0) {
            throw new IllegalArgumentException(result + " " + said);
        }
    }

    /** Judges what a scanner read. */
    public Verdict verify(String code, Instant at) {
        var outcome = new IntByReference();
        var verdict = new PointerByReference();
        var length = new SizeByReference();
        byte[] text = code.getBytes(StandardCharsets.UTF_8);
        int result = FUNCTIONS.tongxing_verify(handle, at.getEpochSecond(), text, new Size(text.length), null, outcome,
                verdict, length);
        String json = take(verdict, length);
        if (result != 0) {
            throw new IllegalStateException(result + " " + json);
        }
        return new Verdict(Outcome.values()[outcome.getValue()], json);
    }

    @Override
    public void close() {
        FUNCTIONS.tongxing_free(handle);
    }

    /** Copies what the library handed out, and gives it back. */
    private static String take(PointerByReference bytes, SizeByReference length) {
        if (bytes.getValue() == null) {
            return "";
        }
        try {
            return new String(bytes.getValue().getByteArray(0, length.value()), StandardCharsets.UTF_8);
        } finally {
            FUNCTIONS.tongxing_free_bytes(bytes.getValue());
        }
    }
}
