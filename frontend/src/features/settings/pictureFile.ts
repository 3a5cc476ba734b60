import { BackendError } from '@/backend';

/** The most bytes of an image that becomes a picture, as in backend/app/profile.go. */
export const pictureMost = 2 << 20;

/** What the backend reads (backend/chat/picture.go). */
export const pictureTypes = 'image/png,image/jpeg,image/gif';

/** A chosen image as a data: URL. It is cut to its middle and made small by the backend, which also looks at what it is. */
export async function readPicture(file: File): Promise<string> {
  const refused = new BackendError({ code: 'picture', message: '', params: {} });
  if (file.size > pictureMost || !pictureTypes.split(',').includes(file.type)) throw refused;
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result as string);
    reader.onerror = () => failed(refused);
    reader.readAsDataURL(file);
  });
}
