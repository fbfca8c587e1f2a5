import { useEffect, useState } from "../parts/hooks";

import { Dialog } from "../parts/dialog";

export function LicencesDialog({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  useEffect(() => {
    fetch("assets/licences.txt").then(
      async (response) => setText(await response.text()),
      () => setText("The licences could not be loaded. 'reprise --version --licences' prints them."),
    );
  }, []);
  return (
    <Dialog title="Licences" wide onClose={onClose}>
      <pre className="licences" tabIndex={0}>
        {text}
      </pre>
    </Dialog>
  );
}
